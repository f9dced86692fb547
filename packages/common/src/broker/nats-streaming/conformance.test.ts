import { brokerConformance } from '@ticketing/testing';
import { streamingEngine } from './engine.test.helper';

brokerConformance(streamingEngine);
