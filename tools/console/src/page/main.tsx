import { render } from 'preact';
import { connect } from './connection';
import { App } from './parts/app';

const place = document.getElementById('page');
if (place) {
  place.textContent = '';
  render(<App />, place);
  connect();
}
