import { brokerConformance } from '@ticketing/testing';
import { jetStreamEngine } from './engine.test.helper';

brokerConformance(jetStreamEngine);
